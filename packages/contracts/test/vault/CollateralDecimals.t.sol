// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Vault} from "../../src/Vault.sol";
import {ICircuitBreaker} from "../../src/interfaces/ICircuitBreaker.sol";
import {IVault} from "../../src/interfaces/IVault.sol";
import {MarketLedgerLib} from "../../src/types/Market.sol";
import {ExchangeTest} from "../utils/ExchangeTest.sol";
import {TestToken} from "../utils/TestToken.sol";

contract VaultCollateralDecimalsTest is ExchangeTest {
    /// @dev T20: collateral of every number of decimals enters and leaves margin to the last unit.
    function testFuzz_T20_EveryNumberOfDecimals(uint8 decimals, uint256 amount) public {
        decimals = uint8(boundDecimals(decimals));
        uint256 scale = 10 ** (18 - decimals);
        // The ledger stores margins of up to 2^103 - 1.
        amount = boundAmount(amount, 3, uint256(uint104(type(int104).max)) / scale);
        TestToken token = new TestToken("Any", "ANY", decimals);
        Vault other = new Vault(token, address(house), address(backstop), oracle, ICircuitBreaker(address(0)));
        assertEq(other.assetScale(), scale);
        vm.prank(address(house));
        other.createMarket(1, 100_000, 62_500, 14);
        token.mint(alice, amount);
        vm.startPrank(alice);
        token.approve(address(other), amount);
        other.deposit(alice, amount);
        other.transferFundToMargin(1, alice, amount);
        assertEq(other.positionOf(1, alice).margin.unwrap(), int256(amount * scale));
        assertEq(other.withdrawableMarginOf(1, alice), amount);
        other.transferMarginToFund(1, alice, amount - 1);
        other.donate(1, 1);
        assertEq(MarketLedgerLib.unpack(other.marketWordsOf(1)).insurance, int256(scale));
        other.payOutMargin(1, 1, alice);
        other.withdraw(amount - 2, alice);
        vm.stopPrank();
        assertEq(token.balanceOf(alice), amount - 1);
        assertEq(MarketLedgerLib.unpack(other.marketWordsOf(1)).balance, 1);
    }

    function test_T24_RevertIf_MoreThanEighteenDecimals() public {
        TestToken token = new TestToken("Fine", "FINE", 19);
        vm.expectRevert();
        new Vault(token, address(house), address(backstop), oracle, ICircuitBreaker(address(0)));
    }
}

/// @dev T20: the whole exchange on collateral of other decimals. The same trades leave the same amounts, to the unit.
abstract contract OtherDecimalsTest is ExchangeTest {
    function test_T20_TradeAndLeave() public {
        addMargin(alice, quoteXCD(10_000e18));
        buy(alice, address(om), 10e18);
        // 20,002 with the premium; 2,000 is the requirement.
        assertEq(marginOf(alice), 10_000e18);
        assertEq(valueOf(alice), 9998e18);
        uint256 free = vault.withdrawableMarginOf(market, alice);
        assertEq(free, quoteXCD(7998e18));
        vm.startPrank(alice);
        vm.expectRevert(
            abi.encodeWithSelector(
                IVault.InsufficientMargin.selector, int256(2000e18) - int256(vault.assetScale()), uint256(2000e18)
            )
        );
        vault.payOutMargin(market, free + 1, alice);
        vault.payOutMargin(market, free, alice);
        vm.stopPrank();
        skip(1);
        setPrice(2200e18);
        close(alice, address(om));
        assertEq(marginOf(alice), 2002e18 + 1998e18);
        vm.startPrank(alice);
        vault.transferMarginToFund(market, alice, quoteXCD(4000e18));
        vault.withdraw(quoteXCD(994_000e18), alice);
        vm.stopPrank();
        assertEq(usd.balanceOf(alice), quoteXCD(1_001_998e18));
    }
}

contract NoDecimalsTest is OtherDecimalsTest {
    function collateralDecimals() internal pure override returns (uint8) {
        return 0;
    }
}

contract EightDecimalsTest is OtherDecimalsTest {
    function collateralDecimals() internal pure override returns (uint8) {
        return 8;
    }
}

contract EighteenDecimalsTest is OtherDecimalsTest {
    function collateralDecimals() internal pure override returns (uint8) {
        return 18;
    }
}

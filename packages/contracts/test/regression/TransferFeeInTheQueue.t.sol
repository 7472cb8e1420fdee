// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {FeeToken} from "../utils/FeeToken.sol";
import {LpRequestVaultTest} from "../utils/LpRequestVaultTest.sol";
import {MakerKind} from "../utils/MakerKind.sol";
import {TestToken} from "../utils/TestToken.sol";

/// @dev T61: the tokens of the exchange start to charge 1% on each transfer. The queue owed 1,998.00 and held 1,978.02, so
/// that the last controller to claim got nothing.
abstract contract TransferFeeInTheQueueSuite is LpRequestVaultTest {
    function createCollateral() internal override returns (TestToken) {
        return TestToken(deployCode("FeeToken.sol:FeeToken", abi.encode("USD", "USD", uint8(6))));
    }

    function createBaseToken() internal override returns (TestToken) {
        return TestToken(deployCode("FeeToken.sol:FeeToken", abi.encode("WETH", "WETH", uint8(18))));
    }

    function test_T61_Redemptions_TheQueueHoldsWhatItOwes() public {
        uint256 carols = enter(carol, xcd(20e18));
        uint256 daves = enter(dave, xcd(20e18));
        _startFees();
        requestRedeem(carol, carols);
        requestRedeem(dave, daves);
        settleAt(START_PRICE);
        assertGt(requests.maxWithdraw(carol), xcd(19.7e18));
        assertLt(requests.maxWithdraw(carol), xcd(19.9e18), "less the fee of the transfer to the queue");
        _checkHoldings();
        claimAssets(carol);
        claimAssets(dave);
        assertGt(token.balanceOf(dave), xcd(19.5e18), "the last to claim is paid, too");
        assertGe(maker.totalAssets(), kind == MakerKind.SpotHedgeBase ? 100e18 : 1_000_000 * USD, "of the other LP");
    }

    function test_T61_Deposits_TheQueueHoldsWhatItOwes() public {
        _startFees();
        requestDeposit(carol, xcd(20e18));
        requestDeposit(dave, xcd(20e18));
        // Two transfers of 1% each.
        settleAt(START_PRICE);
        assertApproxEqRel(requests.maxMint(carol), 20e18 * 0.99 * 0.99, 1e15);
        _checkHoldings();
        claimShares(carol);
        claimShares(dave);
    }

    /// @dev The minimum applies to the amount that arrives.
    function test_T61_T6_MinimumCountsTheArrivingAmount() public {
        uint256 shares = enter(carol, xcd(20e18));
        _startFees();
        uint256 id = requestRedeem(carol, shares, xcd(19.9e18), 0);
        settleAt(START_PRICE);
        assertEq(requests.claimableCancelRedeemRequest(id, carol), shares, "returned");
        _checkHoldings();
    }

    function _startFees() internal {
        FeeToken(address(usd)).takeFee();
        FeeToken(address(weth)).takeFee();
    }

    function _checkHoldings() internal view {
        uint256 owed = requests.maxWithdraw(carol) + requests.maxWithdraw(dave);
        assertGe(token.balanceOf(address(requests)), owed, "assets");
        uint256 quote = requests.claimableQuote(carol) + requests.claimableQuote(dave);
        assertGe(usd.balanceOf(address(requests)), kind == MakerKind.SpotHedgeBase ? quote : owed, "collateral");
    }
}

contract OracleMakerTransferFeeTest is TransferFeeInTheQueueSuite {
    constructor() LpRequestVaultTest(MakerKind.Oracle) {}
}

contract SpotHedgeBaseMakerTransferFeeTest is TransferFeeInTheQueueSuite {
    constructor() LpRequestVaultTest(MakerKind.SpotHedgeBase) {}

    /// @dev A flat base vault pays collateral beside base.
    function test_T61_InKind_TheQueueHoldsWhatItOwes() public {
        uint256 carols = enter(carol, xcd(20e18));
        setSpread(shb, 5000);
        openPosition(900_000, 200e18);
        closePosition();
        refreshPrice(START_PRICE);
        _startFees();
        requestRedeem(carol, carols);
        settleAt(START_PRICE);
        assertGt(requests.claimableQuote(carol), 0);
        _checkHoldings();
        claimAssets(carol);
    }
}

contract SpotHedgeQuoteMakerTransferFeeTest is TransferFeeInTheQueueSuite {
    constructor() LpRequestVaultTest(MakerKind.SpotHedgeQuote) {}

    /// @dev Margin that moves into the balance counts with the amount that arrives: the quote vault never records more
    /// collateral than it holds.
    function test_T61_MarginMovesOut_BalanceIsHeld() public {
        enter(carol, xcd(20e18));
        openPosition(400_000, 100e18);
        skip(3 days);
        backstop.announceSettlement(market, new bytes[](0));
        skip(1 days);
        backstop.settleMarket(market);
        backstop.settleAccount(market, address(shq));
        assertGt(marginOf(address(shq)), 0);
        _startFees();
        uint256 shares = shq.balanceOf(lp);
        vm.prank(lp);
        shq.withdraw(shares);
        assertGe(usd.balanceOf(address(shq)), shq.assetBalance(), "holds its balance");
    }
}

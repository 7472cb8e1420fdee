// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {DeployConfig} from "../../script/Deploy.s.sol";
import {ILpModule} from "../../src/interfaces/ILpModule.sol";
import {Price} from "../../src/types/Units.sol";
import {RecordsActions} from "../utils/ActionLog.sol";
import {ExchangeTest} from "../utils/ExchangeTest.sol";
import {TestToken} from "../utils/TestToken.sol";
import {ExitHandler} from "./ExitHandler.sol";

/// @dev {ExitHandler} with an OracleMaker that has an inventory and charges nothing, so that only the fees of exits and
/// the rounding prevent a gain.
abstract contract ExitSuite is ExchangeTest, RecordsActions {
    ExitHandler internal handler;
    address internal mallory = makeAddr("mallory");

    function isPriceFixed() internal pure virtual returns (bool);

    function config() internal override returns (DeployConfig memory c) {
        c = super.config();
        c.oracleMaker.maxSpread = 0;
    }

    function setUp() public override {
        super.setUp();
        addMargin(alice, 900_000 * USD);
        sell(alice, address(om), 60e18);
        vm.startPrank(owner());
        om.setWhitelistLp(mallory, true);
        om.setValidSender(mallory, true);
        shb.setWhitelistLp(mallory, true);
        vm.stopPrank();
        fund(mallory, 300_000 * USD);
        addMargin(mallory, 300_000 * USD);
        bool hasBaseVault = !isPriceFixed();
        ILpModule[] memory makers = new ILpModule[](hasBaseVault ? 2 : 1);
        TestToken[] memory tokens = new TestToken[](makers.length);
        (makers[0], tokens[0]) = (om, usd);
        if (hasBaseVault) {
            (makers[1], tokens[1]) = (shb, weth);
            sell(alice, address(shb), 20e18);
        }
        handler = new ExitHandler(d, pyth, FEED, mallory, makers, tokens, isPriceFixed());
        targetContract(address(handler));
    }

    function afterInvariant() public {
        handler.printCalls();
        _recordCalls(handler);
    }
}

/// @dev At a constant price no sequence of deposit, trade, withdrawal and exit in kind gains, and no other LP loses.
contract ExitAtAConstantPriceInvariants is ExitSuite {
    /// @dev WAD quote: one wei for each rounded amount, and a unit of collateral for each deposit and withdrawal.
    int256 private constant DUST = 1e14;

    function isPriceFixed() internal pure override returns (bool) {
        return true;
    }

    function invariant_ExitsGainNothing() public view {
        assertLe(handler.worthAt(START_PRICE), int256(300_000e18 + handler.granted()) + DUST, "gain");
    }

    function invariant_OthersLoseNothing() public view {
        int256 pool = valueOfPool();
        assertGe(pool * int256(om.balanceOf(lp)) / int256(om.totalSupply() + 1e6) + DUST, 1_000_000e18, "others");
    }

    function valueOfPool() private view returns (int256) {
        return vault.accountState(market, address(om), Price.wrap(START_PRICE)).value.unwrap();
    }
}

/// @dev At moving prices, and with a base vault: {ExitHandler} compares every exit.
contract ExitAtMovingPricesInvariants is ExitSuite {
    function isPriceFixed() internal pure override returns (bool) {
        return false;
    }

    /// @dev Claims are covered by tokens beside the maker's balance.
    function invariant_ClaimsAreCovered() public view {
        uint256 owed = backstop.sliceClaimOf(address(shb), mallory).assetXCD;
        assertGe(weth.balanceOf(address(shb)), shb.assetBalance() + owed);
        assertEq(address(backstop).balance, 0, "fees");
    }
}

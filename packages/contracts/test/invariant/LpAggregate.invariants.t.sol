// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {DeployAggregateVault} from "../../script/AggregateVault.s.sol";
import {ILpModule} from "../../src/interfaces/ILpModule.sol";
import {LpAggregateVault} from "../../src/makers/lp/LpAggregateVault.sol";
import {LpRequestVault} from "../../src/makers/lp/LpRequestVault.sol";
import {RecordsActions} from "../utils/ActionLog.sol";
import {ExchangeTest} from "../utils/ExchangeTest.sol";
import {TestToken} from "../utils/TestToken.sol";
import {LpAggregateHandler} from "./LpAggregateHandler.sol";

/// @dev Value of controllers is conserved under any sequence of {LpAggregateHandler}'s actions.
abstract contract LpAggregateInvariants is ExchangeTest, RecordsActions {
    LpAggregateHandler internal handler;
    LpAggregateVault internal aggregate;
    LpRequestVault internal queue;
    ILpModule internal maker;
    TestToken internal token;

    function _deploy(LpRequestVault requestVault, uint256 maxAssets, uint256 etherPrice) internal {
        DeployAggregateVault script = DeployAggregateVault(deployCode("AggregateVault.s.sol:DeployAggregateVault"));
        aggregate = script.deploy(requestVault, owner());
        (queue, maker) = (requestVault, requestVault.maker());
        token = TestToken(aggregate.asset());
        vm.prank(owner());
        aggregate.setEtherPrice(etherPrice, 100 ether);
        skip(aggregate.PRICE_DELAY());
        setPrice(START_PRICE);
        address[] memory lps = new address[](3);
        (lps[0], lps[1], lps[2]) = (makeAddr("carol"), makeAddr("dave"), makeAddr("erin"));
        addMargin(alice, quoteXCD(900_000e18));
        handler = new LpAggregateHandler(d, pyth, FEED, aggregate, alice, lps, maxAssets);
        targetContract(address(handler));
    }

    /// @dev One campaign for all laws: each would replay the same calls.
    function invariant_EachControllerKeepsItsValue_NothingElseIsHeld() public view {
        _checkControllers();
        _checkEscrow();
        _checkHoldings();
    }

    /// @dev For each controller, to the last unit: what its requests took in is pending, claimable, returned or claimed.
    function _checkControllers() private view {
        for (uint256 i = 0; i < handler.lpCount(); ++i) {
            address lp_ = handler.lps(i);
            LpAggregateHandler.Flow memory flow = handler.flowOf(lp_, true);
            assertEq(
                aggregate.pendingDepositRequest(0, lp_) + aggregate.claimableDepositRequest(0, lp_)
                    + aggregate.claimableCancelDepositRequest(0, lp_) + flow.claimed + flow.takenBack,
                flow.requested + flow.donated,
                "assets"
            );
            flow = handler.flowOf(lp_, false);
            assertEq(
                aggregate.pendingRedeemRequest(0, lp_) + aggregate.claimableRedeemRequest(0, lp_)
                    + aggregate.claimableCancelRedeemRequest(0, lp_) + flow.claimed + flow.takenBack,
                flow.requested,
                "shares"
            );
        }
    }

    /// @dev The controllers' views add up to what the request vault and the accounts hold.
    function _checkEscrow() private view {
        uint256 assets;
        uint256 shares;
        uint256 quote;
        for (uint256 i = 0; i < handler.lpCount(); ++i) {
            address lp_ = handler.lps(i);
            address account = aggregate.accountOf(lp_);
            assets += aggregate.pendingDepositRequest(0, lp_) + aggregate.maxWithdraw(lp_)
            + aggregate.claimableCancelDepositRequest(0, lp_) - token.balanceOf(account);
            shares += aggregate.pendingRedeemRequest(0, lp_) + aggregate.maxMint(lp_)
            + aggregate.claimableCancelRedeemRequest(0, lp_) - maker.balanceOf(account);
            quote += aggregate.claimableQuote(lp_);
        }
        assertEq(token.balanceOf(address(queue)), assets + handler.donatedToQueue(), "assets");
        assertEq(maker.balanceOf(address(queue)), shares, "shares");
        if (token != usd) assertEq(usd.balanceOf(address(queue)), quote, "collateral in kind");
    }

    /// @dev The aggregate vault holds prepaid ether, its float, and the inputs that paid for fees.
    function _checkHoldings() private view {
        uint256 prepaid;
        for (uint256 i = 0; i < handler.lpCount(); ++i) {
            prepaid += aggregate.prepaidOf(handler.lps(i));
        }
        assertEq(address(aggregate).balance, prepaid + aggregate.feeFloat(), "ether");
        assertEq(token.balanceOf(address(aggregate)), handler.kept(true), "assets");
        assertEq(maker.balanceOf(address(aggregate)), handler.kept(false), "shares");
    }

    function afterInvariant() public {
        handler.printCalls();
        _recordCalls(handler);
    }
}

contract OracleMakerAggregateInvariants is LpAggregateInvariants {
    function setUp() public override {
        super.setUp();
        _deploy(omRequests, quoteXCD(200_000e18), quoteXCD(2000e18));
    }
}

contract SpotHedgeBaseMakerAggregateInvariants is LpAggregateInvariants {
    function setUp() public override {
        super.setUp();
        _deploy(shbRequests, baseXCD(100e18), baseXCD(1e18));
    }
}
